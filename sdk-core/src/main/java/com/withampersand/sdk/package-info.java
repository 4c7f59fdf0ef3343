/**
 * What every part of the SDK speaks: {@link com.withampersand.sdk.Secret}, and the errors below
 * {@link com.withampersand.sdk.AmpersandException}.
 */
@NullMarked
package com.withampersand.sdk;

import org.jspecify.annotations.NullMarked;
