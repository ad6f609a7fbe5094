//! Who belongs to whom: the one-to-one pairing with the greatest total similarity.
//!
//! Used for heads and bodies of one frame, and for tracks and people. Greedy pairing would be simpler, but in a
//! crowd one wrong first choice drags the next ones with it.

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// Similarities become whole numbers, so that equal inputs give equal pairs on every machine.
const STEPS: f32 = 1_000_000.0;

/// Pairs of row and column, ordered by row; each row and each column at most once.
///
/// `similarity` answers above 0 and up to 1, or `None` for a pair that must not be.
pub(crate) fn best_pairs(
    rows: usize,
    columns: usize,
    similarity: impl Fn(usize, usize) -> Option<f32>,
) -> Vec<(usize, usize)> {
    if rows == 0 || columns == 0 {
        return Vec::new();
    }
    let weights = Weights::new(rows, columns, similarity);
    let mut pairs = weights.solve();
    pairs.sort_unstable();
    pairs
}

/// The rows and columns that have any partner at all: most of a crowd does not compete with each other.
struct Weights {
    rows: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<Vec<i64>>,
}

impl Weights {
    fn new(rows: usize, columns: usize, similarity: impl Fn(usize, usize) -> Option<f32>) -> Self {
        let weigh = |row, column| similarity(row, column).map_or(0, |value| (value * STEPS).round() as i64);
        let all: Vec<Vec<i64>> =
            (0..rows).map(|row| (0..columns).map(|column| weigh(row, column)).collect()).collect();
        let rows: Vec<_> = (0..rows).filter(|row| all[*row].iter().any(|weight| *weight > 0)).collect();
        let columns: Vec<_> =
            (0..columns).filter(|column| rows.iter().any(|row| all[*row][*column] > 0)).collect();
        let pick = |row: &usize| columns.iter().map(|column| all[*row][*column]).collect();
        let values = rows.iter().map(pick).collect();
        Self { rows, columns, values }
    }

    fn solve(&self) -> Vec<(usize, usize)> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        let Ok(matrix) = Matrix::from_rows(self.values.iter().map(|row| row.iter().copied())) else {
            return Vec::new();
        };
        // The algorithm gives every row a column, so rows must be the shorter side.
        let is_tall = self.rows.len() > self.columns.len();
        let (_, assigned) = if is_tall { kuhn_munkres(&matrix.transposed()) } else { kuhn_munkres(&matrix) };
        assigned
            .into_iter()
            .enumerate()
            .map(|(given, taken)| if is_tall { (taken, given) } else { (given, taken) })
            .filter(|(row, column)| self.values[*row][*column] > 0)
            .map(|(row, column)| (self.rows[row], self.columns[column]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(pairs: &[(usize, usize)], table: &[Vec<f32>]) -> f32 {
        pairs.iter().map(|(row, column)| table[*row][*column]).sum()
    }

    /// Tries every pairing.
    fn best_total(table: &[Vec<f32>], row: usize, taken: &mut Vec<usize>) -> f32 {
        if row == table.len() {
            return 0.0;
        }
        let mut best = best_total(table, row + 1, taken);
        for column in 0..table[row].len() {
            if table[row][column] > 0.0 && !taken.contains(&column) {
                taken.push(column);
                best = best.max(table[row][column] + best_total(table, row + 1, taken));
                taken.pop();
            }
        }
        best
    }

    fn tables() -> impl Strategy<Value = Vec<Vec<f32>>> {
        let cell = prop_oneof![Just(0.0f32), 0.01f32..1.0];
        (1usize..6, 1usize..6).prop_flat_map(move |(rows, columns)| {
            prop::collection::vec(prop::collection::vec(cell.clone(), columns), rows)
        })
    }

    proptest! {
        #[test]
        fn no_pairing_is_better(table in tables()) {
            let allowed = |row: usize, column: usize| Some(table[row][column]).filter(|value| *value > 0.0);
            let pairs = best_pairs(table.len(), table[0].len(), allowed);
            let best = best_total(&table, 0, &mut Vec::new());
            prop_assert!((total(&pairs, &table) - best).abs() < 1e-4, "{pairs:?}, best {best}");
            let rows: std::collections::BTreeSet<_> = pairs.iter().map(|pair| pair.0).collect();
            let columns: std::collections::BTreeSet<_> = pairs.iter().map(|pair| pair.1).collect();
            prop_assert_eq!((rows.len(), columns.len()), (pairs.len(), pairs.len()));
        }
    }

    #[test]
    fn nothing_pairs_with_nothing() {
        assert_eq!(best_pairs(0, 3, |_, _| Some(1.0)), []);
        assert_eq!(best_pairs(2, 3, |_, _| None), []);
    }
}
