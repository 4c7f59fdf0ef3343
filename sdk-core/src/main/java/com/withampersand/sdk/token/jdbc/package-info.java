/**
 * Grants in a table of PostgreSQL, MySQL, MariaDB or H2.
 *
 * <p>{@link com.withampersand.sdk.token.jdbc.JdbcTokenStore} keeps the rows, for any number of
 * processes; {@code migrate()} makes or updates its table. {@link
 * com.withampersand.sdk.token.jdbc.JdbcReplayGuard} remembers used callbacks in the same database,
 * so that each one counts once on all nodes.
 */
@NullMarked
package com.withampersand.sdk.token.jdbc;

import org.jspecify.annotations.NullMarked;
