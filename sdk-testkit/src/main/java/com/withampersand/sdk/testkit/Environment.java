package com.withampersand.sdk.testkit;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The environment variables from which products read their settings. The names are those that the
 * SDK documents; the kit shares no code with it.
 */
final class Environment {
  private static final String CLIENT_ID = "SALESFORCE_CLIENT_ID";
  private static final String CLIENT_SECRET = "SALESFORCE_CLIENT_SECRET";
  private static final String LOGIN_HOST = "SALESFORCE_LOGIN_HOST";
  private static final String SCOPES = "SALESFORCE_SCOPES";
  private static final String CALLBACK = "SALESFORCE_CALLBACK";
  private static final String API_KEY = "AMP_API_KEY";
  private static final String API_URL = "AMP_API_URL";
  private static final String PROJECT = "AMP_PROJECT";

  private Environment() {}

  static Map<String, String> salesforce(FakeApp app, URI loginHost) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put(CLIENT_ID, app.key());
    variables.put(CLIENT_SECRET, app.secret());
    variables.put(LOGIN_HOST, loginHost.toString());
    variables.put(SCOPES, String.join(" ", app.scopes()));
    variables.put(CALLBACK, app.ownCallback());
    return variables;
  }

  static Map<String, String> ampersand(FakeAmpersand ampersand) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put(API_KEY, ampersand.apiKey());
    variables.put(API_URL, ampersand.apiUri().toString());
    variables.put(PROJECT, ampersand.projectId());
    return variables;
  }
}
