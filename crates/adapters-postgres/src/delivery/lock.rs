//! Who decides about a notification.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{columns::Id, schema::notifications};

/// Waits until nobody else is about to claim, open, close or delete these notifications, and keeps others from it until
/// the end of the unit of work. Statements after this one see what was done meanwhile.
pub(crate) async fn lock(mut connection: &AsyncPgConnection, ids: &[Id]) -> QueryResult<()> {
    let in_order = notifications::table.filter(notifications::id.eq_any(ids)).order(notifications::id);
    in_order.select(notifications::id).for_update().load::<Id>(&mut connection).await?;
    Ok(())
}
