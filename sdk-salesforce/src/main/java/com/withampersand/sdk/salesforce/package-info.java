/**
 * Salesforce: an app that cannot be set up wrong, its hosts and scopes, its flows, and calls of an
 * org.
 *
 * <p>A {@link com.withampersand.sdk.salesforce.SalesforceApp} is the app that you created in
 * Salesforce. A {@link com.withampersand.sdk.salesforce.SalesforceOAuthFlow} takes users of any
 * {@link com.withampersand.sdk.salesforce.LoginHost} through consent; {@link
 * com.withampersand.sdk.salesforce.SalesforceJwtFlow} and {@link
 * com.withampersand.sdk.salesforce.SalesforceClientCredentialsFlow} sign in without a user. {@link
 * com.withampersand.sdk.salesforce.SalesforceTokens} reads what Salesforce says beside the tokens,
 * such as the address of the org, and {@link com.withampersand.sdk.salesforce.SalesforceHttp} makes
 * calls there.
 */
@NullMarked
package com.withampersand.sdk.salesforce;

import org.jspecify.annotations.NullMarked;
