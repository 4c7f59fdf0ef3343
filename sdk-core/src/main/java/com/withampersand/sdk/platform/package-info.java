/**
 * The Ampersand API: {@link com.withampersand.sdk.platform.AmpersandClient} with one type for each
 * resource, and their data.
 */
@NullMarked
package com.withampersand.sdk.platform;

import org.jspecify.annotations.NullMarked;
