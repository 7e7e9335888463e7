/** Every setting that a person may change. */
export function SettingsScreen() {
  return <h1>Settings</h1>
}
