/** What ffprobe says of a video; sizes as it is shown, after its rotation is applied. */
export interface VideoContent {
  kind: 'video'
  /** Container and codec, such as `MP4 (H264)`. */
  format: string
  codec: string
  /** Index of the picture stream among all streams of the file. */
  streamIndex: number
  widthPx: number
  heightPx: number
  /** Of the picture stream, in seconds. */
  durationS: number
  /** Frames per second on average; 0 where it is not known. */
  framesPerSecond: number
  /** Constant frame rate of the result as ffmpeg takes it, such as `30000/1001`. */
  frameRate: string
  audioIndex: number | undefined
}
