"""The models of examples/zoo that keras.applications does not have. Each has a twin of its name there."""

import keras

layers, ops = keras.layers, keras.ops


def _encoder_block(x, mask, name, width, heads, feed_forward, dropout_rate):
    y = layers.LayerNormalization(epsilon=1e-6, name=f"{name}_attention_norm")(x)
    attention = layers.MultiHeadAttention(heads, width // heads, dropout=dropout_rate, name=f"{name}_attention")
    y = attention(y, y, attention_mask=mask)
    attended = layers.Add(name=f"{name}_attention_add")([x, y])
    y = layers.LayerNormalization(epsilon=1e-6, name=f"{name}_dense_norm")(attended)
    y = layers.Dense(feed_forward, activation="gelu", name=f"{name}_expand")(y)
    y = layers.Dense(width, name=f"{name}_project")(y)
    y = layers.Dropout(dropout_rate, name=f"{name}_dropout")(y)
    return layers.Add(name=f"{name}_dense_add")([attended, y])


def transformer_encoder(
    vocabulary_size=20000,
    max_length=512,
    width=256,
    heads=4,
    feed_forward=1024,
    blocks=4,
    dropout_rate=0.1,
    classes=2,
) -> keras.Model:
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    present = ops.not_equal(tokens, 0)
    positions = ops.cumsum(ops.ones_like(tokens), axis=1) - 1
    mask = ops.expand_dims(present, 1)
    x = layers.Add(name="embedding_add")(
        [
            layers.Embedding(vocabulary_size, width, name="token_embedding")(tokens),
            layers.Embedding(max_length, width, name="position_embedding")(positions),
        ]
    )
    x = layers.Dropout(dropout_rate, name="embedding_dropout")(x)
    for i in range(1, blocks + 1):
        x = _encoder_block(x, mask, f"block{i}", width, heads, feed_forward, dropout_rate)
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x, mask=present)
    x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(tokens, x)


def _tower(input_shape, filters, embedding_size) -> keras.Model:
    image = x = keras.Input(input_shape, name="image")
    for i, count in enumerate(filters, 1):
        x = layers.Conv2D(count, 3, padding="same", activation="relu", name=f"conv{i}")(x)
        x = layers.BatchNormalization(name=f"norm{i}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{i}")(x)
    x = layers.Dense(embedding_size, name="embedding")(layers.Flatten(name="flatten")(x))
    return keras.Model(image, x, name="tower")


def siamese(input_shape=(105, 105, 1), filters=(64, 128, 128, 256), embedding_size=256) -> keras.Model:
    left = keras.Input(input_shape, name="left")
    right = keras.Input(input_shape, name="right")
    embed = _tower(input_shape, filters, embedding_size)
    distance = ops.absolute(layers.Subtract(name="difference")([embed(left), embed(right)]))
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid", name="same")(distance))


def _two_convolutions(x, filters, name):
    for i in (1, 2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_conv{i}")(x)
    return x


def u_net(input_shape=(256, 256, 3), classes=2, filters=(64, 128, 256, 512, 1024), dropout_rate=0.5) -> keras.Model:
    image = x = keras.Input(input_shape)
    *wide, narrowest = filters
    skips = []
    for i, count in enumerate(wide, 1):
        skips.append(_two_convolutions(x, count, f"down{i}"))
        x = layers.MaxPooling2D(2, name=f"down{i}_pool")(skips[-1])
    x = _two_convolutions(x, narrowest, "middle")
    x = layers.Dropout(dropout_rate, name="middle_dropout")(x)
    for i in range(len(wide), 0, -1):
        x = layers.Conv2DTranspose(wide[i - 1], 2, strides=2, name=f"up{i}_grow")(x)
        x = layers.Concatenate(name=f"up{i}_concat")([skips.pop(), x])
        x = _two_convolutions(x, wide[i - 1], f"up{i}")
    return keras.Model(image, layers.Conv2D(classes, 1, activation="softmax", name="predictions")(x))


def sequence_to_sequence(source_vocabulary=10000, target_vocabulary=10000, width=256, units=512) -> keras.Model:
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    embed_source = layers.Embedding(source_vocabulary, width, mask_zero=True, name="source_embedding")
    embed_target = layers.Embedding(target_vocabulary, width, mask_zero=True, name="target_embedding")
    _, *states = layers.LSTM(units, return_state=True, name="encoder")(embed_source(source))
    decoder = layers.LSTM(units, return_sequences=True, return_state=True, name="decoder")
    sequence, *_ = decoder(embed_target(target), initial_state=states)
    x = layers.Dense(target_vocabulary, activation="softmax", name="predictions")(sequence)
    return keras.Model([source, target], x)
