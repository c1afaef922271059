// SPDX-License-Identifier: MIT
/**
 * Never stale, never early, with servers that are slow to import or to close a stream.
 */
import { everySaveSettles } from '../lib/settles.js';

everySaveSettles('slow', 200, 2);
everySaveSettles('sse', 200, 2);
