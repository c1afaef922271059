// SPDX-License-Identifier: MIT
//
// Small media files, made here: an image of one color, silence.
import { deflateSync } from 'node:zlib';

const CRC = Array.from({ length: 256 }, (_, n) => {
	let c = n;
	for (let bit = 0; bit < 8; bit++) {
		c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
	}
	return c >>> 0;
});

/** @param {string} type @param {Buffer} data */
const chunk = (type, data) => {
	const body = Buffer.concat([Buffer.from(type), data]);
	const whole = Buffer.alloc(body.length + 8);
	whole.writeUInt32BE(data.length);
	body.copy(whole, 4);
	whole.writeUInt32BE(~body.reduce((crc, byte) => CRC[(crc ^ byte) & 255] ^ (crc >>> 8), 0xffffffff) >>> 0, body.length + 4);
	return whole;
};

/** @param {number} red @param {number} [size] @returns {Buffer} a square picture of rgb(red, 0, 0) */
export const png = (red, size = 8) => {
	const head = Buffer.alloc(13);
	head.writeUInt32BE(size);
	head.writeUInt32BE(size, 4);
	head.set([8, 2], 8);
	const line = Buffer.from([0, ...Array.from({ length: size }, () => [red, 0, 0]).flat()]);
	return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
		chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: size }, () => line)))), chunk('IEND', Buffer.alloc(0))]);
};

/** @param {number} size */
export const svg = (size) => `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><g id="g"><rect width="${size}" height="9"/></g></svg>`;

/** Silence. @param {number} seconds */
export const wav = (seconds) => {
	const data = Buffer.alloc(8000 * seconds, 128), head = Buffer.from('RIFF....WAVEfmt ....................data....');
	[[4, 36 + data.length], [16, 16], [20, 0x10001], [24, 8000], [28, 8000], [32, 0x80001], [40, data.length]]
		.forEach(([at, value]) => head.writeUInt32LE(value, at));
	return Buffer.concat([head, data]);
};
