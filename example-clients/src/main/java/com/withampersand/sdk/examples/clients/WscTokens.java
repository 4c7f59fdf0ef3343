package com.withampersand.sdk.examples.clients;

import com.sforce.soap.partner.PartnerConnection;
import com.sforce.ws.ConnectionException;
import com.sforce.ws.ConnectorConfig;
import com.sforce.ws.SessionRenewer.SessionRenewalHeader;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.TokenProvider;
import javax.xml.namespace.QName;

// region wsc
/** Gives WSC a session of one customer, and another one when Salesforce refuses it. */
record WscTokens(TokenProvider tokens, ConnectionKey customer) {
  ConnectorConfig config() {
    TokenSet fresh = tokens.getForCall(customer);
    ConnectorConfig config = new ConnectorConfig();
    config.setServiceEndpoint(
        SalesforceTokens.of(fresh).instanceUrl().orElseThrow() + "/services/Soap/u/64.0");
    config.setSessionId(fresh.accessToken().reveal());
    return config;
  }

  /** Returns a connection for one thread: WSC's are not safe to share. */
  PartnerConnection connect(ConnectorConfig config) throws ConnectionException {
    PartnerConnection connection = new PartnerConnection(config);
    config.setSessionRenewer(refused -> renew(connection, refused));
    return connection;
  }

  /** Called after INVALID_SESSION_ID: WSC makes the call once more, with the header. */
  private SessionRenewalHeader renew(PartnerConnection connection, ConnectorConfig config) {
    TokenSet fresh = tokens.refused(customer, Secret.of(config.getSessionId()));
    config.setSessionId(fresh.accessToken().reveal());
    connection.setSessionHeader(config.getSessionId()); // for the calls after this one
    SessionRenewalHeader header = new SessionRenewalHeader();
    header.name = new QName("urn:partner.soap.sforce.com", "SessionHeader");
    header.headerElement = connection.getSessionHeader();
    return header;
  }
}
// endregion
