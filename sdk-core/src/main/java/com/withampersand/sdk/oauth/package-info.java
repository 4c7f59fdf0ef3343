/**
 * Taking a user through consent: a provider app, the authorization-code flow, and the tokens that
 * come of it.
 */
@NullMarked
package com.withampersand.sdk.oauth;

import org.jspecify.annotations.NullMarked;
