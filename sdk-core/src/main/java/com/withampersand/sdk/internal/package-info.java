/** Shared by the rooms of this module. Not API: anything here may change or go at any time. */
@NullMarked
package com.withampersand.sdk.internal;

import org.jspecify.annotations.NullMarked;
