//! The bot API, health, metrics and API documentation over actix-web.
