//! What sites and cameras are called. There are few of them, so their names are read, not indexed.

use anjian_domain::{CameraId, SiteId, Viewer};
use serde::de::DeserializeOwned;

use crate::engine::columns::Columns;
use crate::engine::sql::Builder;
use crate::viewer::condition::push_site;
use crate::written::search_words::SearchWords;
use crate::{Index, IndexError};

impl Index {
    /// The cameras that the viewer's scope holds, with the words in their names or ids, or in those of their sites.
    pub(crate) async fn cameras_named(
        &self,
        viewer: &Viewer,
        words: &SearchWords,
    ) -> Result<Vec<CameraId>, IndexError> {
        let mut sql = Builder::new(
            "SELECT c.id, c.name, s.id AS site, s.name AS site_name FROM camera AS c JOIN site AS s ON s.id = c.site WHERE TRUE",
        );
        push_site(&mut sql, viewer.scope(), "c.site");
        self.named(&sql, "camera", ["site", "site_name", "id", "name"], words).await
    }

    /// The same for sites.
    pub(crate) async fn sites_named(
        &self,
        viewer: &Viewer,
        words: &SearchWords,
    ) -> Result<Vec<SiteId>, IndexError> {
        let mut sql = Builder::new("SELECT s.id, s.name FROM site AS s WHERE TRUE");
        push_site(&mut sql, viewer.scope(), "s.id");
        self.named(&sql, "site", ["id", "name"], words).await
    }

    async fn named<T: DeserializeOwned, const N: usize>(
        &self,
        sql: &Builder,
        table: &'static str,
        names: [&str; N],
        words: &SearchWords,
    ) -> Result<Vec<T>, IndexError> {
        let rows = sql.build().fetch_all(&self.inner.reader).await;
        let failed = |source| IndexError::Database { doing: "search names", table, source };
        let mut found = Vec::new();
        for row in &rows.map_err(failed)? {
            let columns = Columns { table, row };
            let texts =
                names.iter().map(|name| columns.get::<String>(name)).collect::<Result<Vec<_>, _>>()?;
            if words.are_in(&texts.join(" ")) {
                found.push(columns.word("id")?);
            }
        }
        Ok(found)
    }
}
