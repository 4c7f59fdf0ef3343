/**
 * Salesforce's errors, explained.
 *
 * <p>{@link com.withampersand.sdk.salesforce.error.SalesforceError} reads an error out of a
 * redirect, a response, or a text that someone copied, and explains it by the catalog, {@link
 * com.withampersand.sdk.salesforce.error.ErrorEntry}. {@link
 * com.withampersand.sdk.salesforce.error.SalesforceRefusal} does it for a refused call of an API.
 * The exceptions of the flows have the same explanations already.
 */
@NullMarked
package com.withampersand.sdk.salesforce.error;

import org.jspecify.annotations.NullMarked;
