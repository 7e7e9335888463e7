/** The result of a job, filling the window. */
export function Viewer({ jobId, onClose }: { jobId: string; onClose: () => void }) {
  return (
    <button type="button" onClick={onClose}>
      {jobId}
    </button>
  )
}
