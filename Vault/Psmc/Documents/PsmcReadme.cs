namespace Granary.Vault.Psmc.Documents;

/// <summary>The <c>README.txt</c> of every PSMC vault: part of the format, byte for byte.</summary>
internal static class PsmcReadme
{
    public static string Text(string created) =>
        $$"""
        PERSONAL SOVEREIGN MEMORY CONTAINER
        ====================================
        Created: {{created}}
        Version: 1.0.0
        Hash: SHA-256 | Signature: Ed25519
        Built on: Provara Protocol primitives

        FORMAT:
          events/events.ndjson - One JSON object per line (append-only)
          chain/chain.ndjson   - Hash chain entries (parallel to events)
          keys/active.pub.pem  - Ed25519 public key for verification
          digests/             - Human-readable weekly summaries

        VERIFICATION:
          python psmc.py verify --vault <path>
          Or manually: SHA-256 each event line, check prev_hash linkage,
          verify Ed25519 signatures against the public key.

        This vault uses no database, no proprietary formats, no cloud.
        Every file is UTF-8 text. Readable with any text editor in 2046.

        """.ReplaceLineEndings("\n");
}
