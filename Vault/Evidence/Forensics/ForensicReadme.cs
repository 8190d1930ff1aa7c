using System.Globalization;
using System.Text;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Evidence.Forensics;

/// <summary>The text that goes with a bundle: what it is, and how anybody checks it.</summary>
internal static class ForensicReadme
{
    public static byte[] Write(VaultReport report, bool hasHead)
    {
        var text = new StringBuilder("FORENSIC BUNDLE\n===============\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"A {report.Format} vault of {report.Head.Count} events, {(report.Valid ? "valid" : "NOT VALID")} when it was exported.\n");
        text.Append(CultureInfo.InvariantCulture, $"Head of the log:  {report.Head.Hash}\nEvent tree root:  {report.Root ?? "none"}\n\n");
        text.Append("""
            FILES
              events/, chain/      the log, byte for byte
              identity/, keys/     public keys; no private key is in this bundle
              manifest/            the vault's manifest, its Merkle root and its signature
              verification_report.json, signatures/, chain_of_custody.json
              hashes.json          SHA-256 and size of every file but the two below
              verify.html          checks the bundle in a browser, without a network; open it from disk
              verify.py            the same with Python 3.8 or newer and its package cryptography

            HOW TO CHECK
              Open verify.html, or run: python3 verify.py
                                           Both know the vault's rules and nothing of the program that
                                           made this bundle. Get them from somebody you trust where the
                                           bundle comes from somebody you do not.
              provara verify FOLDER        compares the files with hashes.json and verifies the log:
                                           canonical bytes, ids, links, signatures, keys.
              sha256sum prints the same digits as hashes.json.

            """.ReplaceLineEndings("\n"));
        text.Append(hasHead
            ? "  provara verify FOLDER --head FOLDER/head.json\n                               shows as well whether the log's tail was cut off or rewritten.\n"
            : "  No signed head is in the bundle. Ask the vault's owner for one: without it, a tail that was\n  cut off before the export does not show.\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
