using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Tests.Evidence;

/// <summary>Tampers with a bundle, each kind by its name.</summary>
internal static class BundleForgery
{
    private const string Log = "events/events.ndjson";
    private const string Chain = "chain/chain.ndjson";

    /// <summary>The forger lists the changed files' hashes anew; nobody signs that list.</summary>
    public static void Relist(string bundle)
    {
        var files = new JsonObject();
        foreach (var name in TestBundle.Names(bundle).Where(name => name is not ("hashes.json" or "verify.py" or "verify.html")))
        {
            var content = File.ReadAllBytes(Path.Combine(bundle, name));
            files[name] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)), ["size"] = content.Length };
        }
        File.WriteAllText(Path.Combine(bundle, "hashes.json"), new JsonObject { ["files"] = files }.ToJsonString());
    }

    public static void Make(string bundle, string format, string forgery)
    {
        var lines = File.ReadAllLines(Path.Combine(bundle, Log)).ToList();
        var chain = format == "psmc" ? File.ReadAllLines(Path.Combine(bundle, Chain)).ToList() : [];
        var end = "\n";
        switch (forgery)
        {
            case "changed payload" when format == "psmc":
                Change(2, line => line.Replace("\"data\":{", "\"data\":{\"A\":1,", StringComparison.Ordinal));
                break;
            case "changed payload":
                Change(2, line => line.Replace("\"text\":\"one\"", "\"text\":\"won\"", StringComparison.Ordinal));
                break;
            case "changed hash" when format == "psmc":
                Change(2, line => Flip(line, "\"hash\":\""));
                break;
            case "changed hash":
                Change(5, line => Flip(line, "\"event_id\":\"evt_"));
                break;
            case "dropped event":
                lines.RemoveAt(3);
                if (chain.Count > 0)
                    chain.RemoveAt(3);
                break;
            case "reordered":
                (lines[3], lines[4]) = (lines[4], lines[3]);
                if (chain.Count > 0)
                    (chain[3], chain[4]) = (chain[4], chain[3]);
                break;
            case "wrong signature" when format == "psmc":
                chain[2] = Exchange(chain[2], chain[3], "sig");
                break;
            case "wrong signature":
                Change(2, line => Exchange(line, lines[3], "sig"));
                break;
            case "foreign key" when format == "psmc":
                chain[2] = SignChain(chain[2]);
                break;
            case "foreign key":
                Change(5, line => Sign(line).Line);
                break;
            case "foreign key put in":
                var (signed, entry) = Sign(lines[5]);
                lines[5] = signed;
                Edit("identity/keys.json", json => json["keys"]!.AsArray().Add(entry));
                break;
            case "exchanged key" when format == "psmc":
                using (var foreign = SigningKey.Generate())
                    File.WriteAllBytes(Path.Combine(bundle, "keys/active.pub.pem"), KeyPem.WritePublic(foreign.PublicKey));
                break;
            case "exchanged key":
                using (var foreign = SigningKey.Generate())
                    Edit("identity/keys.json", json => json["keys"]![0]!["public_key_b64"] = Convert.ToBase64String(foreign.PublicKey.Raw));
                break;
            case "truncated":
                lines.RemoveAt(5);
                if (chain.Count > 0)
                    chain.RemoveRange(5, chain.Count - 5);
                if (chain.Count > 0 && lines.Count > 5)
                    lines.RemoveRange(5, lines.Count - 5);
                break;
            case "log cut, chain not":
                lines.RemoveAt(lines.Count - 1);
                break;
            case "torn":
                end = "";
                break;
            case "no manifest signature":
                File.Delete(Path.Combine(bundle, "manifest/manifest.sig"));
                break;
            case "unredacted tombstone":
                Change(2, line => line.Replace("\"payload\":{", "\"payload\":{\"redacted\":true,", StringComparison.Ordinal));
                break;
            case "duplicate member":
                Change(2, line => line.Replace("\"payload\":{", "\"payload\":{\"a\":1,\"\\u0061\":1,", StringComparison.Ordinal));
                break;
            case "half of a surrogate pair":
                Change(2, line => line.Replace("\"one\"", "\"\\ud800\"", StringComparison.Ordinal));
                break;
            case "number spelled otherwise":
                Change(1, line => line.Replace("\"confidence\":1.0", "\"confidence\":1.00", StringComparison.Ordinal));
                break;
            case "infinite number":
                Change(1, line => line.Replace("\"confidence\":1.0", "\"confidence\":1e999", StringComparison.Ordinal));
                break;
            case "members out of order":
                Change(2, line => "{\"type\":" + JsonNode.Parse(line)!["type"]!.ToJsonString() + ","
                    + line[1..].Replace(",\"type\":" + JsonNode.Parse(line)!["type"]!.ToJsonString(), "", StringComparison.Ordinal));
                break;
            case "unsigned":
                Change(5, line => Without(line, "sig"));
                break;
            default:
                throw new ArgumentException(forgery);
        }
        File.WriteAllText(Path.Combine(bundle, Log), string.Join('\n', lines) + end);
        if (chain.Count > 0)
            File.WriteAllText(Path.Combine(bundle, Chain), string.Join('\n', chain) + "\n");

        void Change(int position, Func<string, string> change)
        {
            var changed = change(lines[position]);
            changed.ShouldNotBe(lines[position], forgery);
            lines[position] = changed;
        }

        void Edit(string name, Action<JsonNode> change)
        {
            var json = JsonNode.Parse(File.ReadAllText(Path.Combine(bundle, name)))!;
            change(json);
            File.WriteAllText(Path.Combine(bundle, name), json.ToJsonString());
        }
    }

    private static string Flip(string line, string before)
    {
        var at = line.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return line[..at] + (line[at] == '0' ? '1' : '0') + line[(at + 1)..];
    }

    private static string Exchange(string line, string other, string member) => line.Replace(
        JsonNode.Parse(line)![member]!.ToString(), JsonNode.Parse(other)![member]!.ToString(), StringComparison.Ordinal);

    private static string Without(string line, string member)
    {
        var json = JsonNode.Parse(line)!.AsObject();
        json.Remove(member);
        return Canonical(json);
    }

    private static string Canonical(JsonNode json) =>
        Encoding.UTF8.GetString(CanonicalJson.CanonicalizeUnique(Encoding.UTF8.GetBytes(json.ToJsonString()), 64));

    /// <summary>The event as somebody else would have signed it, and the entry of his key.</summary>
    private static (string Line, JsonObject Entry) Sign(string line)
    {
        using var foreign = SigningKey.Generate();
        var json = JsonNode.Parse(line)!.AsObject();
        json.Remove("sig");
        json.Remove("event_id");
        json["actor_key_id"] = foreign.PublicKey.KeyId;
        json["event_id"] = "evt_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(json))))[..24];
        json["sig"] = foreign.SignToBase64(Encoding.UTF8.GetBytes(Canonical(json)));
        return (Canonical(json), new JsonObject
        {
            ["key_id"] = foreign.PublicKey.KeyId, ["algorithm"] = "Ed25519", ["public_key_b64"] = Convert.ToBase64String(foreign.PublicKey.Raw),
            ["roles"] = new JsonArray("root"), ["scopes"] = new JsonArray("all"), ["status"] = "active", ["created_at_utc"] = "2026-01-05T09:00:00+00:00",
        });
    }

    private static string SignChain(string line)
    {
        using var foreign = SigningKey.Generate();
        var json = JsonNode.Parse(line)!.AsObject();
        var signature = new byte[SigningKey.SignatureLength];
        foreign.Sign(Encoding.ASCII.GetBytes(json["hash"]!.ToString()), signature);
        json["key_fp"] = foreign.PublicKey.KeyId;
        json["sig"] = Convert.ToHexStringLower(signature);
        return Canonical(json);
    }
}
