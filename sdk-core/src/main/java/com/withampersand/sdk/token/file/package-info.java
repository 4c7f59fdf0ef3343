/**
 * Grants in the files of a directory: {@link com.withampersand.sdk.token.file.FileTokenStore}, for
 * any number of processes of one host.
 */
@NullMarked
package com.withampersand.sdk.token.file;

import org.jspecify.annotations.NullMarked;
