package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the starter. A property of another name below {@code ampersand} stops the start.
 *
 * <p>Immutable, and safe to share between threads. No text of it shows a secret.
 *
 * @param enabled whether the starter configures anything
 * @param project ID or name of your project in Ampersand; makes the AmpersandClient
 * @param apiKey API key of the project in Ampersand
 * @param apiUrl address of Ampersand's API, if it is not the usual one
 * @param salesforce your app in Salesforce
 * @param tokens how grants are kept
 * @param states how signed states are made
 * @param connect the routes that connect customers
 * @param keepAlive the sweeps that keep unused grants alive
 * @param webhook the route that receives Ampersand's webhooks
 * @param dev development on the fakes
 */
@ConfigurationProperties(prefix = "ampersand", ignoreUnknownFields = false)
public record AmpersandProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String project,
    @Nullable Secret apiKey,
    @Nullable URI apiUrl,
    @DefaultValue Salesforce salesforce,
    @DefaultValue Tokens tokens,
    @DefaultValue States states,
    @DefaultValue Connect connect,
    @DefaultValue KeepAlive keepAlive,
    @DefaultValue Webhook webhook,
    @DefaultValue Dev dev) {

  /**
   * Your app in Salesforce.
   *
   * @param clientId Consumer Key from the app's page in Salesforce
   * @param clientSecret Consumer Secret from the same page
   * @param otherClientSecret the other Consumer Secret while a new one is staged
   * @param scopes scopes to ask for; refresh_token or offline_access has to be among them
   * @param callback callback as it is registered in Salesforce; Ampersand's if it is not set
   * @param loginHost where customers sign in who name no host, such as the name of a My Domain
   * @param alsoAt addresses that are not Salesforce's and may receive tokens, such as an Experience
   *     Cloud site
   * @param pkce whether requests for consent carry PKCE parameters
   */
  public record Salesforce(
      @Nullable String clientId,
      @Nullable Secret clientSecret,
      @Nullable Secret otherClientSecret,
      @DefaultValue({"api", "refresh_token"}) List<String> scopes,
      @Nullable URI callback,
      @DefaultValue("login.salesforce.com") String loginHost,
      @DefaultValue List<URI> alsoAt,
      @DefaultValue("true") boolean pkce) {}

  /**
   * How grants are kept.
   *
   * @param store where grants are kept
   * @param key key that encrypts the grants, 32 bytes in base64
   * @param keyId name of the key, which each encrypted grant carries; never give it to another key
   * @param formerKeys keys that are still read, by their names
   * @param table table of the grants
   * @param migrate whether the tables are created and brought up to date at the start
   * @param manualCommit whether connections without auto-commit are allowed, each of whose
   *     statements the store then commits
   * @param closeTimeout how long the end of the application waits for requests under way and for
   *     what has to be stored
   */
  public record Tokens(
      @DefaultValue("jdbc") Store store,
      @Nullable Secret key,
      @DefaultValue("tokens") String keyId,
      @DefaultValue Map<String, Secret> formerKeys,
      @DefaultValue("ampersand_grant") String table,
      @DefaultValue("true") boolean migrate,
      @DefaultValue("false") boolean manualCommit,
      @DefaultValue("15s") Duration closeTimeout) {}

  /** Where grants are kept. */
  public enum Store {
    /** In a table of the application's DataSource. */
    JDBC,
    /** In the memory of this process, which loses them when it ends. */
    MEMORY,
    /** By Ampersand, which runs the callback and refreshes. */
    AMPERSAND
  }

  /**
   * How signed states are made.
   *
   * @param key key that signs states, 32 bytes or more in base64, the same for all processes
   * @param keyId name of the key, which each state carries
   * @param formerKeys keys whose states are still accepted, by their names
   */
  public record States(
      @Nullable Secret key,
      @DefaultValue("states") String keyId,
      @DefaultValue Map<String, Secret> formerKeys) {}

  /**
   * The routes that connect customers. They need a bean of type SalesforceConnect.
   *
   * @param enabled whether the routes are there
   * @param path where a form of yours posts to; its field host is where the customer signs in
   * @param callbackPath path of the callback in this application, if it is not that of the callback
   *     itself
   * @param state how a callback finds its request
   * @param landing page of yours to which the browser is sent at the end, with connected, declined
   *     or failed in its parameter salesforce; a line of text is shown if it is not set
   */
  public record Connect(
      @DefaultValue("false") boolean enabled,
      @DefaultValue("/salesforce/connect") String path,
      @Nullable String callbackPath,
      @DefaultValue("signed") State state,
      @Nullable URI landing) {}

  /** How a callback finds its request. */
  public enum State {
    /** By a signed state and a cookie; nothing is kept until the callback. */
    SIGNED,
    /** By the HTTP session, which keeps the request. */
    SESSION
  }

  /**
   * The sweeps that keep unused grants alive.
   *
   * @param enabled whether this process sweeps
   * @param interval how long after one sweep the next one begins
   */
  public record KeepAlive(
      @DefaultValue("true") boolean enabled, @DefaultValue("5m") Duration interval) {}

  /**
   * The route that receives Ampersand's webhooks and publishes them as events of the application.
   *
   * @param secrets signing secrets of the destination, the new and the old one during a rotation;
   *     there is a route if there is one
   * @param path path of the route
   */
  public record Webhook(
      @DefaultValue List<Secret> secrets, @DefaultValue("/ampersand/webhook") String path) {}

  /**
   * Development on FakeSalesforce and FakeAmpersand: if no client ID is set and the profile dev or
   * test is active.
   *
   * @param enabled whether that may be
   * @param salesforcePort port of FakeSalesforce; 0 is a free one. In the profile dev, the default
   *     is 8765, since stored grants name their host; in the profile test it is 0
   * @param ampersandPort port of FakeAmpersand; 0 is a free one. In the profile dev, the default is
   *     8766; in the profile test it is 0
   * @param directory where grants are kept in the profile dev; the default is a directory of the
   *     application below the system's temporary one. In the profile test they are in memory
   */
  public record Dev(
      @DefaultValue("true") boolean enabled,
      @Nullable Integer salesforcePort,
      @Nullable Integer ampersandPort,
      @Nullable Path directory) {}
}
