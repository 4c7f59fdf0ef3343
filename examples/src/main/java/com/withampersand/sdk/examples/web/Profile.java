package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.salesforce.LoginHost;
import java.util.Optional;

/**
 * Which org a customer connected, and as whom. What Salesforce did not say is empty.
 *
 * @param host where the user signed in
 * @param instance the address of the org's API
 * @param missing the scopes that were asked for and not granted
 */
record Profile(
    LoginHost host,
    String instance,
    String orgName,
    Optional<String> orgId,
    String username,
    Scopes missing) {}
