/** Provider apps, the OAuth authorization-code flow, token keeping and the Ampersand API. */
module com.withampersand.sdk.core {
  requires transitive java.net.http;
  requires transitive java.sql;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires scribejava.core;
  requires static transitive org.jspecify;

  exports com.withampersand.sdk;
  exports com.withampersand.sdk.http;
  exports com.withampersand.sdk.oauth;
  exports com.withampersand.sdk.platform;
  exports com.withampersand.sdk.token;
  exports com.withampersand.sdk.token.crypto;
  exports com.withampersand.sdk.token.file;
  exports com.withampersand.sdk.token.jdbc;
  exports com.withampersand.sdk.token.refresh;
  exports com.withampersand.sdk.webhook;
}
