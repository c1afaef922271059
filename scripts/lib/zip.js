// SPDX-License-Identifier: MIT
//
// A zip archive that depends only on the names and bytes of its files: not compressed (another
// version of zlib would give other bytes), with the first date that the format allows.

const DATE = 0x0021; // 1 January 1980
const UTF8_NAMES = 0x0800;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
	for (let bit = 0; bit < 8; bit++) {
		n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	}
	return n;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
	}
	return (crc ^ 0xffffffff) >>> 0;
}

/** @param {[number, number][]} fields for each, its size in bytes and its value */
function pack(fields) {
	const buffer = Buffer.alloc(fields.reduce((sum, [size]) => sum + size, 0));
	let at = 0;
	for (const [size, value] of fields) {
		buffer.writeUIntLE(value, at, size);
		at += size;
	}
	return buffer;
}

/**
 * @param {{name: string, bytes: Uint8Array}[]} files in this order
 * @returns {Buffer}
 */
export function zip(files) {
	/** @type {Uint8Array[]} */
	const parts = [];
	/** @type {Uint8Array[]} */
	const directory = [];
	let offset = 0;
	for (const { name, bytes } of files) {
		const path = Buffer.from(name);
		/** @type {[number, number][]} what both headers of a file hold */
		const common = [[2, 20], [2, UTF8_NAMES], [2, 0], [2, 0], [2, DATE], [4, crc32(bytes)],
			[4, bytes.length], [4, bytes.length], [2, path.length], [2, 0]];
		const header = pack([[4, 0x04034b50], ...common]);
		parts.push(header, path, bytes);
		directory.push(pack([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), path);
		offset += header.length + path.length + bytes.length;
	}
	const size = directory.reduce((sum, { length }) => sum + length, 0);
	const end = pack([[4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length],
		[4, size], [4, offset], [2, 0]]);
	return Buffer.concat([...parts, ...directory, end]);
}
