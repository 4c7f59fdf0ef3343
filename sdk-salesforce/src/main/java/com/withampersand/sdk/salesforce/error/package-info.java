/**
 * Salesforce's errors, explained: the catalog, and what reads an error out of a response, a
 * redirect or a pasted text.
 */
@NullMarked
package com.withampersand.sdk.salesforce.error;

import org.jspecify.annotations.NullMarked;
