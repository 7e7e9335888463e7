import type { ConvertContext, Produced } from '../converter.ts'
import type { SlideTask } from './content.ts'

export async function verifySlide(_task: SlideTask, _produced: Produced, _context: ConvertContext): Promise<void> {}
