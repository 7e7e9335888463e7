/** The screen as the navigation shows it. */
export function NodesScreen() {
  return <h1>NodesScreen</h1>
}
