//! The compression function of SHA-256 (FIPS 180-4 §6.2.2) on eight messages at once.
//!
//! Each message has a lane of 32 bits in vectors of 256. The same steps are compiled twice: for
//! AVX2, and for AVX-512, where the compiler makes one instruction of each rotation and of each
//! logical function of three words.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is compiled without the instructions of the processor"
)]

use std::arch::x86_64::__m256i;

use pulp::NullaryFnOnce;
use pulp::core_arch::x86::Avx2;
use pulp::x86::{V3, V4};

/// How many messages are compressed at once.
pub(super) const LANES: usize = 8;
/// The bytes of a block.
pub(super) const BLOCK: usize = 64;

/// The state of each message is a column.
pub(super) type States = [[u32; LANES]; 8];

/// What a message begins with (FIPS 180-4 §5.3.3).
pub(super) const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// FIPS 180-4 §4.2.2.
#[rustfmt::skip]
const CONSTANTS: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// What this processor compresses eight messages with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Vectors {
    /// AVX2.
    Avx2(V3),
    /// AVX-512.
    Avx512(V4),
}

impl Vectors {
    /// All that this processor has, the fastest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let avx512 = V4::try_new().map(Self::Avx512);
        avx512.into_iter().chain(V3::try_new().map(Self::Avx2))
    }

    /// Compresses the first `blocks` blocks of each message.
    pub(super) fn compress(self, states: &mut States, messages: &[&[u8]; LANES], blocks: usize) {
        let avx2 = match self {
            Self::Avx2(v3) => v3.avx2,
            Self::Avx512(v4) => v4.avx2,
        };
        let blocks = Blocks {
            with: Words { avx2 },
            states,
            messages,
            count: blocks,
        };
        match self {
            Self::Avx2(v3) => v3.vectorize(blocks),
            Self::Avx512(v4) => v4.vectorize(blocks),
        }
    }
}

struct Blocks<'a> {
    with: Words,
    states: &'a mut States,
    messages: &'a [&'a [u8]; LANES],
    count: usize,
}

/// Does something for 0 to 15, each time with a constant, so that no vector is found by its index
/// at run time.
macro_rules! sixteen {
    ($step:ident => $body:expr) => {
        sixteen!(@ $step $body, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
    };
    (@ $step:ident $body:expr, $($number:literal)*) => {
        $({ let $step: usize = $number; $body; })*
    };
}

impl NullaryFnOnce for Blocks<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let with = self.with;
        let mut state = self.states.map(pulp::cast);
        for at in (0..self.count).map(|block| block * BLOCK) {
            let [w0, w1, w2, w3, w4, w5, w6, w7] = with.load(self.messages, at);
            let [w8, w9, w10, w11, w12, w13, w14, w15] = with.load(self.messages, at + BLOCK / 2);
            let mut words = [
                w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15,
            ];
            let mut work = state;
            let (first, later) = CONSTANTS.split_at(16);
            sixteen!(i => work = with.round(work, words[i], first[i]));
            for constants in later.chunks_exact(16) {
                sixteen!(i => {
                    words[i] = with.schedule(&words, i);
                    work = with.round(work, words[i], constants[i]);
                });
            }
            for (state, work) in state.iter_mut().zip(work) {
                *state = with.add(*state, work);
            }
        }
        *self.states = state.map(pulp::cast);
    }
}

/// Words of eight messages, and the functions of FIPS 180-4 §4.1.2 on them.
#[derive(Clone, Copy)]
struct Words {
    avx2: Avx2,
}

#[allow(
    clippy::many_single_char_names,
    reason = "the names of FIPS 180-4 §6.2.2"
)]
impl Words {
    #[inline(always)]
    fn add(self, a: __m256i, b: __m256i) -> __m256i {
        self.avx2._mm256_add_epi32(a, b)
    }

    #[inline(always)]
    fn xor(self, a: __m256i, b: __m256i) -> __m256i {
        self.avx2._mm256_xor_si256(a, b)
    }

    #[inline(always)]
    fn and(self, a: __m256i, b: __m256i) -> __m256i {
        self.avx2._mm256_and_si256(a, b)
    }

    /// To the right by `RIGHT`; `LEFT` is what is left of 32 bits.
    #[inline(always)]
    fn rotated<const RIGHT: i32, const LEFT: i32>(self, a: __m256i) -> __m256i {
        let right = self.avx2._mm256_srli_epi32::<RIGHT>(a);
        let left = self.avx2._mm256_slli_epi32::<LEFT>(a);
        self.avx2._mm256_or_si256(right, left)
    }

    #[inline(always)]
    fn shifted<const RIGHT: i32>(self, a: __m256i) -> __m256i {
        self.avx2._mm256_srli_epi32::<RIGHT>(a)
    }

    #[inline(always)]
    fn round(self, state: [__m256i; 8], word: __m256i, constant: u32) -> [__m256i; 8] {
        let [a, b, c, d, e, f, g, h] = state;
        let sum1 = self.xor(
            self.xor(self.rotated::<6, 26>(e), self.rotated::<11, 21>(e)),
            self.rotated::<25, 7>(e),
        );
        let choice = self.xor(g, self.and(e, self.xor(f, g)));
        let known = self.add(h, self.add(word, pulp::cast([constant; LANES])));
        let t1 = self.add(self.add(known, choice), sum1);
        let sum0 = self.xor(
            self.xor(self.rotated::<2, 30>(a), self.rotated::<13, 19>(a)),
            self.rotated::<22, 10>(a),
        );
        let majority = self.xor(self.and(a, b), self.and(c, self.xor(a, b)));
        let t2 = self.add(sum0, majority);
        [self.add(t1, t2), a, b, c, self.add(d, t1), e, f, g]
    }

    /// The word sixteen steps later.
    #[inline(always)]
    fn schedule(self, words: &[__m256i; 16], i: usize) -> __m256i {
        let (early, late) = (words[(i + 1) % 16], words[(i + 14) % 16]);
        let sigma0 = self.xor(
            self.xor(self.rotated::<7, 25>(early), self.rotated::<18, 14>(early)),
            self.shifted::<3>(early),
        );
        let sigma1 = self.xor(
            self.xor(self.rotated::<17, 15>(late), self.rotated::<19, 13>(late)),
            self.shifted::<10>(late),
        );
        let sum = self.add(words[i], sigma0);
        self.add(sum, self.add(words[(i + 9) % 16], sigma1))
    }

    /// The eight words that begin at a byte of each message: a row for each word, where each
    /// message has its column.
    #[inline(always)]
    fn load(self, messages: &[&[u8]; LANES], at: usize) -> [__m256i; 8] {
        let [m0, m1, m2, m3, m4, m5, m6, m7] = messages;
        let rows = [
            self.row(m0, at),
            self.row(m1, at),
            self.row(m2, at),
            self.row(m3, at),
        ];
        let [a0, a1, a2, a3] = self.columns(rows);
        let rows = [
            self.row(m4, at),
            self.row(m5, at),
            self.row(m6, at),
            self.row(m7, at),
        ];
        let [b0, b1, b2, b3] = self.columns(rows);
        let (w0, w4) = self.halves(a0, b0);
        let (w1, w5) = self.halves(a1, b1);
        let (w2, w6) = self.halves(a2, b2);
        let (w3, w7) = self.halves(a3, b3);
        [w0, w1, w2, w3, w4, w5, w6, w7]
    }

    /// Eight words of one message.
    #[inline(always)]
    fn row(self, message: &[u8], at: usize) -> __m256i {
        const BIG_ENDIAN: [u8; 16] = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];
        let mut bytes = [0_u8; 32];
        bytes.copy_from_slice(&message[at..at + 32]);
        let order = pulp::cast([BIG_ENDIAN; 2]);
        self.avx2._mm256_shuffle_epi8(pulp::cast(bytes), order)
    }

    /// Columns of four rows, in each half of the vectors.
    #[inline(always)]
    fn columns(self, rows: [__m256i; 4]) -> [__m256i; 4] {
        let [a, b, c, d] = rows;
        let low01 = self.avx2._mm256_unpacklo_epi32(a, b);
        let high01 = self.avx2._mm256_unpackhi_epi32(a, b);
        let low23 = self.avx2._mm256_unpacklo_epi32(c, d);
        let high23 = self.avx2._mm256_unpackhi_epi32(c, d);
        [
            self.avx2._mm256_unpacklo_epi64(low01, low23),
            self.avx2._mm256_unpackhi_epi64(low01, low23),
            self.avx2._mm256_unpacklo_epi64(high01, high23),
            self.avx2._mm256_unpackhi_epi64(high01, high23),
        ]
    }

    /// The lower halves of two vectors as one, and the upper ones.
    #[inline(always)]
    fn halves(self, a: __m256i, b: __m256i) -> (__m256i, __m256i) {
        let lower = self.avx2._mm256_permute2x128_si256::<0x20>(a, b);
        (lower, self.avx2._mm256_permute2x128_si256::<0x31>(a, b))
    }
}
