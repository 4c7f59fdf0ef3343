/** A token store in a table of PostgreSQL, MySQL, MariaDB or H2. */
@NullMarked
package com.withampersand.sdk.token.jdbc;

import org.jspecify.annotations.NullMarked;
