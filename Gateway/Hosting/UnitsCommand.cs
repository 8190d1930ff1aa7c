using System.CommandLine;
using Granary.Gateway.Access;
using Granary.Grains.Redis;
using Granary.Hosting.Configuration;
using Granary.Tenants;
using Granary.Tenants.Instana;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Hosting;

/// <summary><c>units add</c>, <c>list</c>, <c>remove</c> and <c>rewrap</c>: Instana units whose tokens the server holds for its tenants. A token goes in and is never shown again.</summary>
internal static class UnitsCommand
{
    private const int MaxToken = 8192;

    public static Command Create() => new("units", "Instana units whose tokens are held for tenants, sealed with the key-encryption key.")
    {
        CreateAdd(), CreateList(), CreateRemove(), CreateRewrap(),
    };

    private static Command CreateAdd()
    {
        var (file, tenant, unit) = (FileOption(), TenantOption(), UnitOption());
        var url = new Option<string>("--base-url") { Description = "The unit's address, for example https://unit-tenant.instana.io", Required = true };
        var token = new Option<string?>("--token-file") { Description = "A file that holds its API token (default: the token is read from standard input)" };
        var isDefault = new Option<bool>("--default") { Description = "It serves calls that name no unit" };
        var add = new Command("add", "Seal a unit's API token with the first key of GRANARY_KEK (GRANARY_KEK_FILE) and keep it for a tenant; one of the same name is replaced.")
        {
            file, tenant, unit, url, token, isDefault,
        };
        add.SetAction(given => FileCommand.Run(() =>
        {
            using var keys = Keys();
            var (owner, name) = (Tenant(given.GetRequiredValue(tenant)), given.GetRequiredValue(unit));
            var entry = HeldUnitEntry.Seal(keys, owner, name, given.GetRequiredValue(url), ReadToken(given.GetValue(token)));
            Change(given.GetRequiredValue(file), mayCreate: true, tenants =>
            {
                var known = tenants.GetValueOrDefault(owner.Value) ?? new TenantBackendsEntry();
                var units = Units(known);
                units.Remove(name);
                units.Add(name, entry);
                tenants[owner.Value] = known with { Units = units, Default = given.GetValue(isDefault) ? name : known.Default };
            });
        }));
        return add;
    }

    private static Command CreateList()
    {
        var file = FileOption();
        var list = new Command("list", "List the units: tenant, alias, address, * for the tenant's default.") { file };
        list.SetAction(given => FileCommand.Run(() =>
        {
            foreach (var (tenant, entry) in Load(given.GetRequiredValue(file)).Tenants.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                foreach (var (name, unit) in entry.Units ?? new Dictionary<string, HeldUnitEntry>())
                    Console.WriteLine($"{tenant}\t{name}\t{unit.BaseUrl}\t{(name == entry.Default ? "*" : "")}");
            }
        }));
        return list;
    }

    private static Command CreateRemove()
    {
        var (file, tenant, unit) = (FileOption(), TenantOption(), UnitOption());
        var remove = new Command("remove", "Forget a unit's token: no call is served with it within seconds.") { file, tenant, unit };
        remove.SetAction(given => FileCommand.Run(() =>
        {
            var (path, owner, name) = (given.GetRequiredValue(file), Tenant(given.GetRequiredValue(tenant)), given.GetRequiredValue(unit));
            Change(path, mayCreate: false, tenants =>
            {
                var units = Units(tenants.GetValueOrDefault(owner.Value) ?? new TenantBackendsEntry());
                if (!units.Remove(name))
                    throw new InvalidDataException($"'{path}' has no unit '{name}' of tenant '{owner.Value}'; it has: {string.Join(", ", units.Keys.DefaultIfEmpty("none"))}.");
                var known = tenants[owner.Value];
                tenants[owner.Value] = known with { Units = units, Default = string.Equals(known.Default, name, StringComparison.OrdinalIgnoreCase) ? null : known.Default };
            });
        }));
        return remove;
    }

    private static Command CreateRewrap()
    {
        var file = FileOption();
        var rewrap = new Command("rewrap", "Seal every token again with the first key of GRANARY_KEK (GRANARY_KEK_FILE), so that the keys behind it can go.") { file };
        rewrap.SetAction(given => FileCommand.Run(() =>
        {
            using var keys = Keys();
            var (seen, again) = (0, 0);
            Change(given.GetRequiredValue(file), mayCreate: false, tenants =>
            {
                foreach (var (tenant, entry) in tenants.ToList())
                {
                    var units = Units(entry);
                    foreach (var (name, unit) in units.ToList())
                    {
                        seen++;
                        if (unit.Rewrap(keys, Tenant(tenant), name) is not { } sealedAgain)
                            continue;
                        units[name] = sealedAgain;
                        again++;
                    }
                    if (units.Count > 0)
                        tenants[tenant] = entry with { Units = units };
                }
            });
            Console.WriteLine($"{seen} tokens seen, {again} sealed again.");
        }));
        return rewrap;
    }

    private static Dictionary<string, HeldUnitEntry> Units(TenantBackendsEntry entry) =>
        new(entry.Units ?? new Dictionary<string, HeldUnitEntry>(), StringComparer.OrdinalIgnoreCase);

    private static string ReadToken(string? path)
    {
        if (path is null && !Console.IsInputRedirected)
            Console.Error.Write("API token: ");
        try
        {
            // Not as an argument: process lists and histories show those.
            var token = path is null ? Console.In.ReadLine() : RegularFile.ReadText(path, MaxToken);
            return token?.Trim() is { Length: > 0 } given ? given : throw new InvalidDataException("no token was given; nothing changed.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"--token-file '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static KeyRing Keys() => KeyEncryptionKeys.Read(new Settings(Environment.GetEnvironmentVariable))
        ?? throw new InvalidDataException($"GRANARY_KEK or GRANARY_KEK_FILE is required: tokens are kept sealed. {KeyEncryptionKeys.Help}");

    private static TenantId Tenant(string name) => TenantId.TryParse(name, out var tenant, out var problem) ? tenant : throw new InvalidDataException($"--tenant: {problem}");

    private static TenantBackendsFile Load(string path) =>
        TenantBackendsFile.Parse(path, WatchedFile.Read(path, TenantBackendsFile.Kind, TenantBackendsFile.MaxBytes));

    private static void Change(string path, bool mayCreate, Action<Dictionary<string, TenantBackendsEntry>> change) =>
        PrivateFile.Change(path, mayCreate, target =>
        {
            var tenants = new Dictionary<string, TenantBackendsEntry>((File.Exists(target) || !mayCreate ? Load(target) : TenantBackendsFile.Empty).Tenants, StringComparer.Ordinal);
            change(tenants);
            var bytes = new TenantBackendsFile(tenants).Write();
            _ = TenantBackendsFile.Parse(path, bytes);
            return bytes;
        });

    private static Option<string> FileOption() => new("--file") { Description = "The file that INSTANA_TENANTS names", Required = true };

    private static Option<string> TenantOption() => new("--tenant") { Description = "The tenant it is held for", Required = true };

    private static Option<string> UnitOption() => new("--unit") { Description = "Its alias, by which calls name it", Required = true };
}
