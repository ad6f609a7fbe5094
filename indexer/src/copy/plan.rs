//! The steps of a copy, in their order.

use crate::copy::error::CopyError;
use crate::engine::table::Table;

/// A step; a table is named by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Copies the rows of a table, without what names rows of the same table.
    Rows(usize),
    /// Adds that to the rows of a table.
    Links(usize),
    /// Copies the files that the rows of a table name.
    Files(usize),
    /// Compares both sides: everything is there.
    Compare,
}

pub(crate) struct Plan {
    pub(crate) tables: Vec<Table>,
    steps: Vec<Step>,
}

impl Plan {
    /// # Errors
    /// When a table has no primary key.
    pub(crate) fn of(tables: Vec<Table>, with_files: bool) -> Result<Self, CopyError> {
        if let Some(table) = tables.iter().find(|table| table.key.is_empty()) {
            return Err(CopyError::NoKey { table: table.name.clone() });
        }
        let rows = (0..tables.len()).map(Step::Rows);
        let linked = (0..tables.len()).filter(|place| !tables[*place].links.is_empty()).map(Step::Links);
        let has_files = |place: &usize| with_files && holds_files(&tables[*place].name);
        let files = (0..tables.len()).filter(has_files).map(Step::Files);
        let steps = rows.chain(linked).chain(files).chain([Step::Compare]).collect();
        Ok(Self { tables, steps })
    }

    /// Whether the rows of a table are gone through once more for the files that they name.
    pub(crate) fn copies_files_of(&self, table: &Table) -> bool {
        self.find(&files_of(&table.name)).is_some()
    }

    pub(crate) fn first(&self) -> Step {
        self.steps.first().copied().unwrap_or(Step::Compare)
    }

    pub(crate) fn after(&self, step: Step) -> Step {
        let behind = self.steps.iter().skip_while(|known| **known != step).nth(1);
        behind.copied().unwrap_or(Step::Compare)
    }

    /// As it is noted; tables may come and go between releases.
    pub(crate) fn name(&self, step: Step) -> String {
        match step {
            Step::Rows(place) => format!("rows of {}", self.tables[place].name),
            Step::Links(place) => format!("links of {}", self.tables[place].name),
            Step::Files(place) => files_of(&self.tables[place].name),
            Step::Compare => "compare".to_owned(),
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<Step> {
        self.steps.iter().copied().find(|step| self.name(*step) == name)
    }

    /// The table whose rows a step goes through.
    pub(crate) fn table_of(&self, step: Step) -> Option<&Table> {
        match step {
            Step::Rows(place) | Step::Links(place) | Step::Files(place) => self.tables.get(place),
            Step::Compare => None,
        }
    }
}

fn files_of(table: &str) -> String {
    format!("files of {table}")
}

/// Whether the rows of a table name files that a copy may take along.
pub(crate) fn holds_files(table: &str) -> bool {
    ["evidence", "attachment"].contains(&table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, key: &[&str], links: &[&str]) -> Table {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        Table {
            name: name.to_owned(),
            columns: Vec::new(),
            key: owned(key),
            parents: [].into(),
            links: owned(links).into_iter().collect(),
        }
    }

    #[test]
    fn steps_follow_each_other_and_are_found_by_name() {
        let tables = vec![table("run", &["id"], &["superseded_by"]), table("evidence", &["path"], &[])];
        let plan = Plan::of(tables, true).unwrap();
        let mut steps = vec![plan.first()];
        while let Some(step) = steps.last().copied().filter(|step| *step != Step::Compare) {
            steps.push(plan.after(step));
        }
        assert_eq!(steps, [Step::Rows(0), Step::Rows(1), Step::Links(0), Step::Files(1), Step::Compare]);
        assert!(steps.iter().all(|step| plan.find(&plan.name(*step)) == Some(*step)));
        assert_eq!(plan.find("rows of nothing"), None);
        assert!(matches!(Plan::of(vec![table("heap", &[], &[])], false), Err(CopyError::NoKey { .. })));
    }
}
