//! Users and their identities.

use application::ports::{ErasureReceipt, KnownPersons, Page, StorageError, UserFilter, UserRepository};
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, Bool, Json, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{identity::Identity, ids::UserId, intake::NewIdentity, user::User};
use jiff::Timestamp;

use crate::{
    columns::{Id, Named},
    erasure,
    error::{Failure, inserted},
    lists::user_ids,
    rows::{IdentityRow, KnownUserRow, UserRow, known_persons},
    schema::{identities, users},
    statement::{Statement, column, statement},
    unit_of_work::PgUnitOfWork,
};

/// The users behind identities, with which of them each is known by. Identities and users are read by one statement:
/// who was erased while it waited for the lock is not in its answer, and neither is what it was known by.
macro_rules! known {
    ($lock:literal) => {
        concat!(
            "SELECT id, bot_id, name, email, phone, language, first_origin, last_origin, consent_given, consent_text,
                    consent_at, fields, welcomed, created_at, updated_at, known_as.kinds, known_as.texts
             FROM (
                 SELECT user_id, array_agg(kind) AS kinds, array_agg(value) AS texts
                 FROM unnest($1, $2) AS asked (kind, value) JOIN identities USING (kind, value)
                 GROUP BY user_id
             ) AS known_as
             JOIN users ON users.id = known_as.user_id
             ORDER BY users.id ",
            $lock
        )
    };
}

/// For reading.
const KNOWN: &str = known!("");
/// For writing: in the order of their ids, so that two units of work cannot wait for each other.
const KNOWN_AND_LOCKED: &str = known!("FOR UPDATE OF users");

#[async_trait]
impl UserRepository for PgUnitOfWork {
    async fn by_identities(&mut self, wanted: &[Identity]) -> Result<KnownPersons, StorageError> {
        let lock = self.may_write();
        self.run(async |connection| by_identities(connection, wanted, lock).await).await
    }

    async fn insert(&mut self, users: &[User]) -> Result<(), StorageError> {
        self.run(async |connection| insert(connection, users).await).await
    }

    async fn update(&mut self, users: &[User]) -> Result<(), StorageError> {
        self.run(async |connection| update(connection, users).await).await
    }

    async fn add_identities(&mut self, new: &[NewIdentity]) -> Result<(), StorageError> {
        self.run(async |connection| add_identities(connection, new).await).await
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StorageError> {
        self.run(async |connection| {
            let user = users::table.find(Id::from(id)).select(UserRow::as_select());
            user.get_result(connection).await.optional()?.map(User::try_from).transpose()
        })
        .await
    }

    async fn identities_of(&mut self, id: UserId) -> Result<Vec<NewIdentity>, StorageError> {
        self.run(async |connection| {
            let of_user = identities::table.filter(identities::user_id.eq(Id::from(id)));
            let rows: Vec<IdentityRow> = of_user.select(IdentityRow::as_select()).load(connection).await?;
            rows.into_iter().map(NewIdentity::try_from).collect()
        })
        .await
    }

    async fn page(&mut self, filter: &UserFilter, page: Page) -> Result<Vec<User>, StorageError> {
        self.run(async |connection| {
            let ids = user_ids(connection, filter, page).await?;
            let rows: Vec<UserRow> = users::table
                .filter(users::id.eq_any(ids))
                .order(users::id.desc())
                .select(UserRow::as_select())
                .load(connection)
                .await?;
            rows.into_iter().map(User::try_from).collect()
        })
        .await
    }

    async fn erase(&mut self, id: UserId, _at: Timestamp) -> Result<Option<ErasureReceipt>, StorageError> {
        self.run(async |connection| erasure::erase(connection, id.into()).await).await
    }
}

pub(crate) async fn by_identities(
    mut connection: &AsyncPgConnection,
    wanted: &[Identity],
    lock: bool,
) -> Result<KnownPersons, Failure> {
    if wanted.is_empty() {
        return Ok(KnownPersons::default());
    }
    let known = statement(if lock { KNOWN_AND_LOCKED } else { KNOWN })
        .bind::<Array<Text>, _>(column(wanted, |identity| Named(identity.kind())))
        .bind::<Array<Text>, _>(column(wanted, Identity::value));
    let rows: Vec<KnownUserRow> = known.load(&mut connection).await?;
    known_persons(rows)
}

pub(crate) async fn insert(mut connection: &AsyncPgConnection, users: &[User]) -> Result<(), Failure> {
    if users.is_empty() {
        return Ok(());
    }
    let rows = column(users, UserRow::from);
    let insert = statement(
        "INSERT INTO users (id, bot_id, name, email, phone, language, first_origin, last_origin, consent_given,
                            consent_text, consent_at, fields, welcomed, created_at, updated_at)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    );
    bind(insert, &rows).execute(&mut connection).await?;
    Ok(())
}

pub(crate) async fn update(mut connection: &AsyncPgConnection, users: &[User]) -> Result<(), Failure> {
    if users.is_empty() {
        return Ok(());
    }
    let rows = column(users, UserRow::from);
    let update = statement(
        "UPDATE users
         SET name = new.name, email = new.email, phone = new.phone, language = new.language,
             first_origin = new.first_origin, last_origin = new.last_origin,
             consent_given = new.consent_given, consent_text = new.consent_text,
             consent_at = new.consent_at, fields = new.fields, welcomed = new.welcomed,
             updated_at = new.updated_at
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             AS new (id, bot_id, name, email, phone, language, first_origin, last_origin, consent_given,
                     consent_text, consent_at, fields, welcomed, created_at, updated_at)
         WHERE users.id = new.id",
    );
    bind(update, &rows).execute(&mut connection).await?;
    Ok(())
}

pub(crate) async fn add_identities(
    mut connection: &AsyncPgConnection,
    new: &[NewIdentity],
) -> Result<(), Failure> {
    if new.is_empty() {
        return Ok(());
    }
    let rows = column(new, IdentityRow::from);
    let insert = statement(
        "INSERT INTO identities (kind, value, user_id, created_at)
         SELECT * FROM unnest($1, $2, $3, $4) AS new (kind, value, user_id, created_at)
         ORDER BY kind, value
         ON CONFLICT DO NOTHING",
    )
    .bind::<Array<Text>, _>(column(&rows, |row| row.kind))
    .bind::<Array<Text>, _>(column(&rows, |row| row.value.as_str()))
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.user_id))
    .bind::<Array<Timestamptz>, _>(column(&rows, |row| row.created_at));
    inserted(insert.execute(&mut connection).await?, rows.len(), "identities_kind_value_key")
}

/// Binds all columns of users, in the order of the table.
fn bind<'f>(statement: Statement<'f>, rows: &'f [UserRow]) -> Statement<'f> {
    statement
        .bind::<Array<Uuid>, _>(column(rows, |row| row.id))
        .bind::<Array<Uuid>, _>(column(rows, |row| row.bot_id))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.name.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.email.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.phone.as_deref()))
        .bind::<Array<Text>, _>(column(rows, |row| row.language.as_str()))
        .bind::<Array<Nullable<Json>>, _>(column(rows, |row| row.first_origin.as_ref()))
        .bind::<Array<Nullable<Json>>, _>(column(rows, |row| row.last_origin.as_ref()))
        .bind::<Array<Nullable<Bool>>, _>(column(rows, |row| row.consent_given))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.consent_text.as_deref()))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(rows, |row| row.consent_at))
        .bind::<Array<Json>, _>(column(rows, |row| &row.fields))
        .bind::<Array<Bool>, _>(column(rows, |row| row.welcomed))
        .bind::<Array<Timestamptz>, _>(column(rows, |row| row.created_at))
        .bind::<Array<Timestamptz>, _>(column(rows, |row| row.updated_at))
}
