/** Stateful fakes of Salesforce and Ampersand that speak HTTP, for tests. */
module com.withampersand.sdk.testkit {
  requires transitive java.net.http;
  requires com.fasterxml.jackson.databind;
  requires static transitive org.jspecify;
  requires static transitive org.junit.jupiter.api;

  exports com.withampersand.sdk.testkit;
}
