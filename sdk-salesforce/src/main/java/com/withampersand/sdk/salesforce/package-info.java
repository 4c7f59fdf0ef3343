/**
 * Salesforce: an app that cannot be set up wrong, its hosts and scopes, its flow, and what its
 * tokens say.
 */
@NullMarked
package com.withampersand.sdk.salesforce;

import org.jspecify.annotations.NullMarked;
