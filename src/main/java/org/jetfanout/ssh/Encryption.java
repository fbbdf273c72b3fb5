package org.jetfanout.ssh;

import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.KexProposalOption;

/**
 * The algorithms that the worker and jet-fanout agreed on.
 *
 * @param keyExchange the key exchange
 * @param hostKey the algorithm with which the worker proved to be itself
 * @param cipher for what we send
 * @param mac for what we send; {@code aead} where the cipher needs none
 */
public record Encryption(String keyExchange, String hostKey, String cipher, String mac) {
    static Encryption of(ClientSession session) {
        return new Encryption(
                session.getNegotiatedKexParameter(KexProposalOption.ALGORITHMS),
                session.getNegotiatedKexParameter(KexProposalOption.SERVERKEYS),
                session.getNegotiatedKexParameter(KexProposalOption.C2SENC),
                session.getNegotiatedKexParameter(KexProposalOption.C2SMAC));
    }

    /** Whether a quantum computer will not be able to decrypt a recording of this connection. */
    public boolean postQuantum() {
        return KeyExchanges.postQuantum(keyExchange);
    }

    /** The algorithms as text for people. */
    @Override
    public String toString() {
        return keyExchange
                + (postQuantum() ? "" : " (not post-quantum)")
                + ", "
                + hostKey
                + ", "
                + cipher;
    }
}
