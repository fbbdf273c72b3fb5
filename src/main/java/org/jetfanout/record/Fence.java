package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What keeps the owners of a run apart: an owner shows its term to each worker, and the worker
 * turns away whoever comes with a lower one. A worker proves that there is a later owner with a
 * word that it can only have from that owner. Immutable.
 *
 * @param guid the run
 * @param term of this owner; the first owner of a run has 1
 * @param secret of the run, which all of its owners know and no worker does; empty in a record that
 *     an earlier version made
 */
public record Fence(String guid, long term, String secret) {
    /** The highest term: so many digits are compared right by every shell. */
    public static final long HIGHEST = 999_999_999_999_999L;

    /** The first owner has nobody to prove anything to. */
    private static final String NONE = "-";

    private static final Pattern TURNED_AWAY = Pattern.compile("([1-9]\\d{0,14}) ([0-9a-f]{32})");
    private static final int PROOF_BYTES = 16;

    /** Checks the term. */
    public Fence {
        if (term < 1 || term > HIGHEST) {
            throw new IllegalArgumentException("not a term: " + term);
        }
    }

    /** That of the first owner of a run. */
    public static Fence first(String guid) {
        return new Fence(guid, 1, "");
    }

    /** Shows to earlier owners that this one is real. A word without blanks. */
    public String proof() {
        return term == 1 ? NONE : proof(term);
    }

    /**
     * The term of the later owner by whom a worker says that the run was taken over. Empty if that
     * is not true.
     *
     * @param told what the worker says: the term and its proof
     */
    public OptionalLong laterOwner(String told) {
        Matcher match = TURNED_AWAY.matcher(told);
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        long later = Long.parseLong(match.group(1));
        boolean proved =
                MessageDigest.isEqual(proof(later).getBytes(UTF_8), match.group(2).getBytes(UTF_8));
        return later > term && proved ? OptionalLong.of(later) : OptionalLong.empty();
    }

    private String proof(long owner) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(("jet-fanout " + secret).getBytes(UTF_8), "HmacSHA256"));
            byte[] whole = mac.doFinal((guid + " " + owner).getBytes(UTF_8));
            return HexFormat.of().formatHex(whole, 0, PROOF_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Leaves out the secret. */
    @Override
    public String toString() {
        return "Fence[" + guid + ", term " + term + "]";
    }
}
