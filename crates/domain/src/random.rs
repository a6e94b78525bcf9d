//! Numbers that look random, the same for the same seed: for visitors and rows that are made up.

/// `SplitMix64` (Steele, Lea and Flood, 2014): 64 bits of state, good enough to vary people. Guards no secret.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and not including, `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a bound fits into 64 bits");
        usize::try_from(self.number() % bound).expect("it is smaller than the bound")
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_again_and_another_gives_others() {
        let numbers = |seed| {
            std::iter::repeat_with(move || ()).scan(Random::new(seed), |random, ()| Some(random.number()))
        };
        let first: Vec<_> = numbers(7).take(5).collect();
        assert_eq!(first, numbers(7).take(5).collect::<Vec<_>>());
        assert_ne!(first, numbers(8).take(5).collect::<Vec<_>>());
    }

    #[test]
    fn numbers_below_a_bound_are_all_met() {
        let mut random = Random::new(1);
        let mut met = [0; 6];
        for _ in 0..600 {
            met[random.below(6)] += 1;
        }
        assert!(met.iter().all(|times| (50..150).contains(times)), "{met:?}");
    }
}
