using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;

namespace Granary.Gateway.Access;

/// <summary><c>keys add</c>, <c>list</c>, <c>revoke</c> and <c>rotate</c>: a key is shown once, its salted hash is kept.</summary>
internal static class ApiKeyCommand
{
    private static readonly string KnownScopes = string.Join(", ", Scopes.Known);

    public static IEnumerable<Command> Create() => [CreateAdd(), CreateList(), CreateRevoke(), CreateRotate()];

    private static Command CreateAdd()
    {
        var file = FileOption();
        var tenant = new Option<string>("--tenant") { Description = "The tenant the key is for", Required = true };
        var scopes = new Option<string?>("--scopes") { Description = $"What it may do, separated by commas: {KnownScopes}, or narrowed as in vault:team/*:append; asked for where it is left out" };
        var id = new Option<string?>("--id") { Description = "A name for logs (default: random)" };
        var expires = new Option<string?>("--expires") { Description = "When it ends: 12h, 90d, or a date such as 2027-01-31 (default: never)" };
        var certificate = new Option<string?>("--certificate")
        {
            Description = "In place of a secret: a PEM file with the client's certificate, or a name in certificates of GRANARY_CLIENT_CA: uri:spiffe://acme/ci or dns:ci.example.com",
        };
        var add = new Command("add", "Make an API key and print it; only a salted hash is kept.") { file, tenant, scopes, id, expires, certificate };
        add.SetAction(given => FileCommand.Run(() => Add(
            given.GetRequiredValue(file),
            given.GetRequiredValue(tenant),
            given.GetValue(scopes) ?? AskForScopes(),
            given.GetValue(id),
            KeyLifetime.Read("--expires", given.GetValue(expires), TimeProvider.System.GetUtcNow()),
            given.GetValue(certificate))));
        return add;
    }

    private static Command CreateList()
    {
        var file = FileOption();
        var list = new Command("list", "List the keys: id, tenant, scopes, when made, when they end, when last used (on this machine, to the minute).") { file };
        list.SetAction(given => FileCommand.Run(() =>
        {
            var path = given.GetRequiredValue(file);
            var uses = KeyUses.Load(path);
            foreach (var key in ApiKeyFile.Load(path).Keys)
            {
                var used = uses.TryGetValue(key.Id, out var last) ? Show(last) : "-";
                Console.WriteLine($"{key.Id}\t{key.Tenant}\t{string.Join(',', key.Scopes)}\t{Show(key.Created)}\t{(key.Expires is null ? "never" : Show(key.Expires))}\t{used}");
            }
        }));
        return list;
    }

    private static Command CreateRevoke()
    {
        var (file, id) = (FileOption(), IdOption());
        var revoke = new Command("revoke", "Remove a key: running gateways refuse it within seconds and end its streams.") { file, id };
        revoke.SetAction(given => FileCommand.Run(() =>
        {
            var (path, name) = (given.GetRequiredValue(file), given.GetRequiredValue(id));
            ApiKeyFile.Change(path, mayCreate: false, keys => keys.RemoveAt(IndexOf(keys, name, path)));
        }));
        return revoke;
    }

    private static Command CreateRotate()
    {
        var (file, id) = (FileOption(), IdOption());
        var grace = new Option<string>("--grace")
        {
            Description = "How long the old secret stays valid: 0, 30m, 12h, 7d", DefaultValueFactory = _ => "24h",
        };
        var rotate = new Command("rotate", "Give a key a new secret and print it; the old one ends after --grace.") { file, id, grace };
        rotate.SetAction(given => FileCommand.Run(() => Rotate(given.GetRequiredValue(file), given.GetRequiredValue(id), given.GetRequiredValue(grace))));
        return rotate;
    }

    private static void Add(string file, string tenant, string scopes, string? id, DateTimeOffset? expires, string? certificate)
    {
        id ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        string[] granted = scopes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var (text, salt, hash) = ApiKey.Create(id);
        var entry = new ApiKeyEntry(id, tenant, granted, salt, hash) { Created = Now(), Expires = expires };
        if (certificate is not null)
        {
            entry = entry with { Salt = null, Hash = null, Certificate = CertificateName.Read(certificate) };
            text = $"{id} {entry.Certificate}";
        }
        if (entry.Problem() is { } problem)
            throw new InvalidDataException(problem);
        ApiKeyFile.Add(file, entry);
        Console.WriteLine(text);
    }

    private static void Rotate(string file, string id, string grace)
    {
        var (text, salt, hash) = ApiKey.Create(id);
        var ends = grace == "0" ? Now() : KeyLifetime.Read("--grace", grace, Now())!.Value;
        ApiKeyFile.Change(file, mayCreate: false, keys =>
        {
            var at = IndexOf(keys, id, file);
            var old = keys[at];
            if (old is not { Salt: { } oldSalt, Hash: { } oldHash })
            {
                throw new InvalidDataException(
                    $"key '{id}' has a certificate and no secret: a renewed one with the same uri: or dns: name is accepted as it is; for another one, add a key and revoke this one.");
            }
            keys[at] = old with { Salt = salt, Hash = hash, Previous = grace == "0" ? null : new ApiKeySecret(oldSalt, oldHash, ends) };
        });
        Console.WriteLine(text);
    }

    /// <summary>A person is asked; a script is told. Nothing is granted in silence.</summary>
    private static string AskForScopes()
    {
        if (Console.IsInputRedirected || Console.IsErrorRedirected)
            throw new InvalidDataException($"say what the key may do: --scopes with one or more of {KnownScopes}, separated by commas; * is everything.");
        Console.Error.Write($"Scopes, separated by commas ({KnownScopes}): ");
        return Console.ReadLine() is { Length: > 0 } answer ? answer : throw new InvalidDataException("no scope was given; no key was made.");
    }

    private static int IndexOf(List<ApiKeyEntry> keys, string id, string file)
    {
        var at = keys.FindIndex(k => k.Id == id);
        return at >= 0
            ? at
            : throw new InvalidDataException($"'{file}' has no key '{id}'; it has: {string.Join(", ", keys.Select(k => k.Id).DefaultIfEmpty("none"))}.");
    }

    private static DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    private static string Show(DateTimeOffset? moment) => moment?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "-";

    private static Option<string> FileOption() => new("--file") { Description = "The key file", Required = true };

    private static Option<string> IdOption() => new("--id") { Description = "The key's id", Required = true };
}
