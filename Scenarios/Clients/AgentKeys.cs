using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Granary.Scenarios.Clients;

/// <summary>A file of API keys, one for each tenant, as <c>keys add</c> writes it: that command run 200 times takes too long.</summary>
internal static class AgentKeys
{
    /// <summary>Writes the file.</summary>
    /// <returns>The key of each tenant, in their order.</returns>
    public static IReadOnlyList<string> Write(string path, IEnumerable<string> tenants)
    {
        var texts = new List<string>();
        var entries = new JsonArray();
        foreach (var tenant in tenants)
        {
            var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            var salt = RandomNumberGenerator.GetBytes(16);
            texts.Add($"grk_{tenant}_{secret}");
            entries.Add(new JsonObject
            {
                ["id"] = tenant,
                ["tenant"] = tenant,
                ["scopes"] = new JsonArray("*"),
                ["salt"] = Convert.ToBase64String(salt),
                ["hash"] = Convert.ToBase64String(HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(secret))),
            });
        }
        var file = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, file);
        writer.Write(new JsonObject { ["keys"] = entries }.ToJsonString());
        return texts;
    }
}
