package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where customers have their orgs: Salesforce itself, or a fake on this machine. */
interface Salesforce extends AutoCloseable {
  SalesforceApp app();

  HttpClient client();

  /**
   * Reads what a customer typed.
   *
   * @throws IllegalArgumentException if it names no org; the message says what would
   */
  LoginHost host(String typed);

  /**
   * Reads a host of Salesforce.
   *
   * @throws IllegalArgumentException if it is none, in words for a customer
   */
  static LoginHost parse(String typed) {
    try {
      return LoginHost.parse(typed); // accepts Salesforce's hosts only
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Give the name of its My Domain, such as acme, or an address of your org, such as acme.my.salesforce.com.",
          e);
    }
  }

  /** Returns the hosts that are not Salesforce's, but may have tokens. */
  List<LoginHost> named();

  /** Returns where a form may lead, in the words of a Content Security Policy. */
  String formTargets();

  /** Returns the longest pause before a grant is refreshed once more. */
  Duration backoff();

  /** Returns an example of what can be typed. */
  String hint();

  /** Returns the controls of the fake; empty for Salesforce itself. */
  Optional<Controls> controls();

  /** What can be done to a customer's grant in a fake, by the access token. */
  interface Controls {
    void endSession(String accessToken);

    void revoke(String accessToken);

    /** Lets the next call find that the user may not use the API. */
    void disableApi(String accessToken);
  }

  @Override
  void close();
}
