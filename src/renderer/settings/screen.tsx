/** The screen as the navigation shows it. */
export function SettingsScreen() {
  return <h1>SettingsScreen</h1>
}
