/** Shared by the packages of this module. Not API: anything here may change or go at any time. */
@NullMarked
package com.withampersand.sdk.salesforce.internal;

import org.jspecify.annotations.NullMarked;
