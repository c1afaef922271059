// SPDX-License-Identifier: MIT
/**
 * Never stale, never early, where the server takes its time: to import, or to let go of a stream.
 */
import { everySaveSettles } from '../lib/settles.js';

everySaveSettles('slow', 200, 2);
everySaveSettles('sse', 200, 2);
