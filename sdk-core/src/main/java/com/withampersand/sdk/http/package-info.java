/**
 * How requests are sent: {@link com.withampersand.sdk.http.HttpTransport}, the only way in which
 * the SDK reaches the network.
 *
 * <p>The default is one client of the JDK that all parts share. {@code HttpTransport.over(client)}
 * uses a client of yours; to use another library, implement the interface.
 */
@NullMarked
package com.withampersand.sdk.http;

import org.jspecify.annotations.NullMarked;
