using System.Text.Json.Serialization;

namespace Granary.Vault.Backpack.Events;

[JsonSerializable(typeof(BackpackChains.Saved))]
internal sealed partial class BackpackJson : JsonSerializerContext;
