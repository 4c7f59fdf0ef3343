package com.withampersand.sdk.platform;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The project's connections: sending customers through Ampersand's consent, and reading what came
 * of it.
 *
 * <p>Safe to share between threads. Errors are those of {@link AmpersandClient}.
 */
public final class Connections {
  /** What Ampersand does about a connection's access token before it hands it out. */
  public enum Refresh {
    /** Nothing: the token may have expired. */
    NEVER,
    /** It refreshes a token that has expired. */
    IF_EXPIRED,
    /** It refreshes the token whatever its expiry. */
    FORCE
  }

  private final ApiCalls calls;
  private final String project;
  private final String path;

  private Connections(ApiCalls calls, String project, String path) {
    this.calls = calls;
    this.project = project;
    this.path = path;
  }

  static Connections of(ApiCalls calls, String project, String projectPath) {
    return new Connections(calls, project, projectPath + "/connections");
  }

  /** Returns these connections, for calls that are all over at a deadline. */
  Connections until(Deadline deadline) {
    return new Connections(calls.until(deadline), project, path);
  }

  /**
   * Returns the address to send a customer's browser to, for a new connection. Ampersand runs the
   * callback, and the connection appears among {@link #list(ConnectionFilter)} when the customer
   * has consented.
   */
  public URI connectUrl(ConnectRequest request) {
    return calls.address(
        ApiRequest.of("making of the connect URL", "POST", "/oauth-connect")
            .body(request.body(project)));
  }

  /**
   * Returns the address to send a customer's browser to, so that the customer consents again and
   * the connection works again.
   *
   * @throws ApiException with status 404 if there is no such connection
   */
  public URI reconnectUrl(String id) {
    return calls.address(
        ApiRequest.of("making of the reconnect URL for " + id, "PATCH", of(id) + ":oauth-update"));
  }

  /**
   * Returns how a connection is and, unless it works, where its user consents again: what to ask
   * when Ampersand tells of a {@code connection.error}. The connection may have recovered before
   * that webhook arrived, and then there is nothing to ask of the user.
   *
   * @throws ApiException with status 404 if there is no such connection
   */
  public Reconnection reconnection(String id) {
    Connection connection = get(id);
    boolean works = connection.health() == Connection.Health.WORKING;
    return new Reconnection(connection, works ? null : reconnectUrl(id));
  }

  /** Returns every connection of the project. */
  public List<Connection> list() {
    return list(ConnectionFilter.all());
  }

  /** Returns the connections that pass {@code filter}. */
  public List<Connection> list(ConnectionFilter filter) {
    return calls.list(filter.addTo(ApiRequest.of("listing of connections", "GET", path))).stream()
        .map(members -> Connection.of(members, calls.clock()))
        .toList();
  }

  /**
   * Returns the connection of one customer to one provider, without credentials, if there is one.
   *
   * @throws ProtocolException if there are several, of which none can be preferred; the message
   *     names their ids
   */
  public Optional<Connection> find(ConnectionKey key) {
    List<Connection> found = named(key);
    if (found.size() > 1) {
      throw new ProtocolException(several(key, found), false);
    }
    return found.stream().findFirst();
  }

  /** Returns the connections of this very name, whatever else the answer lists. */
  List<Connection> named(ConnectionKey key) {
    return list(ConnectionFilter.of(key)).stream()
        .filter(connection -> connection.isOf(key))
        .toList();
  }

  static String several(ConnectionKey key, List<Connection> found) {
    String ids =
        found.stream()
            .map(connection -> Text.redacted(connection.id(), List.of()))
            .collect(Collectors.joining(", "));
    return "Ampersand has several connections of " + key + ": " + ids + ". Delete all but one.";
  }

  /**
   * Returns a connection, without credentials.
   *
   * @throws ApiException with status 404 if there is none
   */
  public Connection get(String id) {
    return read(reading(id));
  }

  /**
   * Returns a connection with its access token.
   *
   * @throws ApiException with status 404 if there is none
   */
  public Connection getWithAccessToken(String id, Refresh refresh) {
    return read(reading(id).query("includeCreds", Optional.of("true")), refresh);
  }

  /**
   * Returns a connection with its access token and its refresh token. Ampersand goes on to use the
   * refresh token: if you use it as well, that can end the grant.
   *
   * @throws ApiException with status 404 if there is none
   */
  public Connection getWithRefreshToken(String id, Refresh refresh) {
    return read(reading(id).query("includeRefreshToken", Optional.of("true")), refresh);
  }

  private ApiRequest reading(String id) {
    return ApiRequest.of("reading of connection " + id, "GET", of(id));
  }

  private Connection read(ApiRequest request, Refresh refresh) {
    Optional<String> value =
        switch (refresh) {
          case NEVER -> Optional.empty();
          case IF_EXPIRED -> Optional.of("ifExpired");
          case FORCE -> Optional.of("force");
        };
    return read(request.query("refresh", value));
  }

  private Connection read(ApiRequest request) {
    return Connection.of(calls.object(request), calls.clock());
  }

  /**
   * Hands credentials over to Ampersand, which makes a connection of them. Tokens it refreshes from
   * now on: stop refreshing them yourself.
   */
  public Connection importConnection(ConnectionImport credentials) {
    return read(
        credentials.addTo(ApiRequest.of("import of the connection", "POST", path + ":generate")));
  }

  /**
   * Changes a connection.
   *
   * @throws ApiException with status 404 if there is none with this ID
   */
  public Connection update(String id, ConnectionChange change) {
    return read(change.addTo(ApiRequest.of("update of connection " + id, "PATCH", of(id))));
  }

  /**
   * Deletes a connection.
   *
   * @throws ApiException with status 404 if there is none with this ID
   */
  public void delete(String id) {
    calls.done(ApiRequest.of("deletion of connection " + id, "DELETE", of(id)));
  }

  private String of(String id) {
    return path + "/" + Names.segment(id, "id");
  }
}
