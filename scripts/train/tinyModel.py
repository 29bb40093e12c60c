"""Makes test/fixtures/tinyModel: a BERT of two layers with random weights, and PyTorch's own vectors for it.

  python tinyModel.py OUT

The test holds what Carrel makes of the ONNX file against expected.json.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

WORDS = "[PAD] [UNK] [CLS] [SEP] the a contract ends when notice of is given def return parse file error law".split()
WIDTH, HEADS, INNER, LAYERS, POSITIONS = 32, 4, 64, 2, 64


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)

    def forward(self, x, bias):
        batch, length, _ = x.shape
        q, k, v = (
            part.reshape(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2) for part in self.qkv(x).chunk(3, -1)
        )
        attention = (q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + bias).softmax(-1)
        x = self.norm1(x + self.out((attention @ v).transpose(1, 2).reshape(batch, length, WIDTH)))
        return self.norm2(x + self.outer(nn.functional.gelu(self.inner(x))))


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(len(WORDS), WIDTH)
        self.places = nn.Embedding(POSITIONS, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])

    def forward(self, input_ids, attention_mask, token_type_ids):
        # Positions from the mask, because a range would be traced as a constant.
        places = torch.ones_like(input_ids).cumsum(1) - 1
        x = self.norm(self.words(input_ids) + self.places(places) + self.kinds(token_type_ids))
        bias = (1.0 - attention_mask[:, None, None, :].float()) * -1e9
        for layer in self.layers:
            x = layer(x, bias)
        return x


def main() -> None:
    out = Path(sys.argv[1])
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    (out / "1_Pooling").mkdir(exist_ok=True)
    torch.manual_seed(7)
    model = Bert().eval()
    for parameter in model.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.4)
    example = (torch.tensor([[2, 4, 3]]), torch.ones(1, 3, dtype=torch.long), torch.zeros(1, 3, dtype=torch.long))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        model,
        example,
        out / "onnx" / "model.onnx",
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in [*names, "last_hidden_state"]},
        opset_version=17,
        dynamo=False,
    )
    write(out / "config.json", {"model_type": "bert", "max_position_embeddings": POSITIONS, "hidden_size": WIDTH})
    write(out / "1_Pooling/config.json", {"pooling_mode_mean_tokens": True})
    write(out / "tokenizer_config.json", {"tokenizer_class": "BertTokenizer", "model_max_length": POSITIONS,
                                          "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]",
                                          "sep_token": "[SEP]"})
    special = [
        {"id": i, "content": word, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True}
        for i, word in enumerate(WORDS[:4])
    ]
    write(out / "tokenizer.json", {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {name: {"id": name, "ids": [WORDS.index(name)], "tokens": [name]}
                               for name in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {word: i for i, word in enumerate(WORDS)}},
    })
    texts = ["the contract ends when notice is given", "def parse file", "the law", "unheard of error"]
    expected = {"texts": texts}
    for pooling in ("mean", "cls", "last"):
        vectors = []
        for text in texts:
            ids = [WORDS.index(word) if word in WORDS else 1 for word in f"[CLS] {text} [SEP]".split()]
            ids = torch.tensor([ids])
            with torch.no_grad():
                layer = model(ids, torch.ones_like(ids), torch.zeros_like(ids))[0]
            vector = {"mean": layer.mean(0), "cls": layer[0], "last": layer[-1]}[pooling]
            vectors.append([round(value, 6) for value in nn.functional.normalize(vector, dim=0).tolist()])
        expected[pooling] = vectors
    write(out / "expected.json", expected)


def write(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=None if path.name == "expected.json" else 1) + "\n")


if __name__ == "__main__":
    main()
