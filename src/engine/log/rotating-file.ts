import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'

export interface RotatingFileOptions {
  dir: string
  /** `microtome` gives `microtome.log`, and `microtome.1.log` for the one before. */
  name: string
  maxBytes: number
  /** Files that are kept, the current one included. */
  maxFiles: number
  clock: Clock
}

/** After a failed write, the disk is tried again this much later. */
const pauseMs = 1000

/**
 * A log file that never grows beyond its bounds and never throws. Writes are synchronous: a line that was logged is with the
 * system, also when the process dies in the next moment. While the disk refuses, lines are dropped and counted; the count is
 * the first line after it.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions
  #fd: number | undefined
  #sizeBytes = 0
  #lostLines = 0
  #lostCode = ''
  #torn = false
  #closed = false
  #retryAtMs = 0

  constructor(options: RotatingFileOptions) {
    this.#options = options
  }

  /** Lines that could not be written and are not yet accounted for in the file. */
  get lostLines(): number {
    return this.#lostLines
  }

  /** `line` ends with a line feed. */
  write(line: string): void {
    if (this.#closed) return
    if (this.#lostLines > 0 && this.#options.clock.monotonicMs() < this.#retryAtMs) this.#lostLines++
    else this.#attempt(line)
  }

  close(): void {
    this.#closed = true
    this.#shut()
  }

  #attempt(line: string): void {
    try {
      this.#append(`${this.#torn ? '\n' : ''}${this.#lostNotice()}${line}`)
      this.#lostLines = 0
    } catch (thrown) {
      this.#lostLines++
      this.#lostCode = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'UNKNOWN'
      this.#retryAtMs = this.#options.clock.monotonicMs() + pauseMs
      this.#shut()
    }
  }

  #append(text: string): void {
    const bytes = Buffer.from(text)
    const fd = this.#openFor(bytes.length)
    for (let written = 0; written < bytes.length; ) {
      // A disk that fills up takes a part of the line first: what follows must begin on a line of its own.
      this.#torn = written > 0 || this.#torn
      const count = writeSync(fd, bytes, written)
      written += count
      this.#sizeBytes += count
    }
    this.#torn = false
  }

  #openFor(moreBytes: number): number {
    const fd = this.#fd ?? this.#open()
    if (this.#sizeBytes === 0 || this.#sizeBytes + moreBytes <= this.#options.maxBytes) return fd
    this.#rotate()
    return this.#open()
  }

  #open(): number {
    mkdirSync(this.#options.dir, { recursive: true, mode: 0o700 })
    const fd = openSync(this.#path(0), 'a', 0o600)
    this.#fd = fd
    this.#sizeBytes = fstatSync(fd).size
    return fd
  }

  #rotate(): void {
    this.#shut()
    rmSync(this.#path(this.#options.maxFiles - 1), { force: true })
    for (let age = this.#options.maxFiles - 2; age >= 0; age--)
      if (existsSync(this.#path(age))) renameSync(this.#path(age), this.#path(age + 1))
  }

  #shut(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) closeSync(fd)
  }

  #path(age: number): string {
    return join(this.#options.dir, age === 0 ? `${this.#options.name}.log` : `${this.#options.name}.${age}.log`)
  }

  #lostNotice(): string {
    if (this.#lostLines === 0) return ''
    const time = new Date(this.#options.clock.wallMs()).toISOString()
    const notice = { level: 'warn', time, code: this.#lostCode, lostCount: this.#lostLines, msg: 'log lines were lost' }
    return `${JSON.stringify(notice)}\n`
  }
}
