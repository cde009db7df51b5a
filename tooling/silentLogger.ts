import type { Logger } from '../src/core/base/log.ts';

export const silentLogger: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
