// SPDX-License-Identifier: MIT
/**
 * Reloads are neither stale nor early, with servers that are slow to import or to close a stream.
 */
import { everySaveSettles } from '../lib/settles.js';

everySaveSettles('slow', 200, 2);
everySaveSettles('sse', 200, 2);
