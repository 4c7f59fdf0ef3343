package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.salesforce.LoginHost;
import java.net.URI;

/**
 * What takes the place of the properties in development on the fakes.
 *
 * @param login the fake Salesforce
 * @param api the API of the fake Ampersand
 */
record DevMode(
    String clientId,
    Secret clientSecret,
    LoginHost login,
    String project,
    Secret apiKey,
    URI api) {}
