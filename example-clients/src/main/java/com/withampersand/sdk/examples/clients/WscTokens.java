package com.withampersand.sdk.examples.clients;

import com.sforce.soap.partner.SessionHeader_element;
import com.sforce.ws.ConnectorConfig;
import com.sforce.ws.SessionRenewer;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.TokenProvider;
import javax.xml.namespace.QName;

// region wsc
/** Gives WSC a session of one customer, and another one when Salesforce refuses it. */
record WscTokens(TokenProvider tokens, ConnectionKey customer) implements SessionRenewer {
  /** Returns what {@code new PartnerConnection(config)} takes: one for each thread. */
  ConnectorConfig config() {
    TokenSet fresh = tokens.getForCall(customer);
    ConnectorConfig config = new ConnectorConfig();
    config.setServiceEndpoint(
        SalesforceTokens.of(fresh).instanceUrl().orElseThrow() + "/services/Soap/u/64.0");
    config.setSessionId(fresh.accessToken().reveal());
    config.setSessionRenewer(this);
    return config;
  }

  /** Called after INVALID_SESSION_ID; WSC makes the call again with what this returns. */
  @Override
  public SessionRenewalHeader renewSession(ConnectorConfig config) {
    TokenSet fresh = tokens.refused(customer, Secret.of(config.getSessionId()));
    config.setSessionId(fresh.accessToken().reveal());
    SessionHeader_element session = new SessionHeader_element();
    session.setSessionId(config.getSessionId());
    SessionRenewalHeader header = new SessionRenewalHeader();
    header.name = new QName("urn:partner.soap.sforce.com", "SessionHeader");
    header.headerElement = session;
    return header;
  }
}
// endregion
