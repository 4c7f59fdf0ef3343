/** Keeping rows in the files of a directory. */
@NullMarked
package com.withampersand.sdk.token.file;

import org.jspecify.annotations.NullMarked;
